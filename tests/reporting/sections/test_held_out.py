import re

import pandas as pd


def test_runs_that_were_held_out_stand_beside_their_prediction(whole, missed):
    text = whole.page.text
    assert text.count("1 of 2 runs that chinchilla was not fitted to came out inside") == 2
    loss = f"{pd.read_csv(missed)['loss'][0]:.4f}"
    assert re.search(rf"\d 3B 200B {loss} \S+ 2\.\d+ to 2\.\d+ \S+ \d 9B 200B .* outside", text)
