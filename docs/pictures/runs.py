"""The runs of a sweep.

Size against tokens, coloured by loss, with lines of equal compute: where the runs lie, and
where none do.
"""

import bayescale as bs

figure = bs.plot_runs(bs.datasets.load("sweep"))
