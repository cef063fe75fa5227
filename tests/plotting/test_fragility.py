from dataclasses import replace

from tests.plotting.figures import texts


def test_a_bar_for_each_cause_with_the_strongest_on_top(fragile):
    figure = fragile.plot()
    size, loss = figure.axes
    labels = [label.get_text() for label in size.get_yticklabels()]
    causes = fragile.ranked.index.get_level_values("cause").drop_duplicates()
    assert labels == list(causes)
    assert "size, against the fit" in texts(figure)
    assert "simulated runs" in texts(figure)
    assert loss.get_xlabel() == "loss, against the fit"


def test_a_law_that_cannot_split_has_the_loss_alone(fragile):
    kept = fragile.table[fragile.table["answer"] != "best size"]
    figure = replace(fragile, table=kept, fitted=fragile.fitted.drop("best size")).plot()
    assert len(figure.axes) == 1
