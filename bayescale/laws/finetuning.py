"""Fine-tuning: L = E + A x^-alpha_x F^-alpha_F, with x bound to a column by the card.

x is the size of the model, the tokens it was pre-trained on or the parameters that are tuned.

Zhang et al. 2024, "When Scaling Meets LLM Finetuning: The Effect of Data, Model and Finetuning
Method", arXiv:2402.17193.
"""

from typing import Any

from bayescale.laws.law import Law


def loss(x: Any, F: Any, *, E: Any, A: Any, alpha_x: Any, alpha_F: Any) -> Any:
    """Loss after fine-tuning on F tokens: the two resources multiply."""
    return E + A * x**-alpha_x * F**-alpha_F


def derived(x: Any, F: Any, *, A: Any, alpha_x: Any, alpha_F: Any) -> dict[str, Any]:
    """Coefficient as papers print it: at a reference of one."""
    return {"A_classic": A * x**alpha_x * F**alpha_F}


LAW = Law(loss, "finetuning", derived=derived, terms=("E", "A"))
