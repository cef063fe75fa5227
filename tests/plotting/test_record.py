import numpy as np

from bayescale.plotting import plot_record
from tests.plotting.figures import recorded, texts


def test_three_panels_show_coverage_where_runs_fell_and_errors():
    record = recorded()
    figure = plot_record(record)
    coverage, pit, errors = figure.axes
    assert coverage.lines[1].get_ydata().tolist() == record.coverage["share"].tolist()
    assert sorted(pit.lines[1].get_xdata()[1:-1]) == sorted(record.table["pit"])
    shown = np.concatenate([line.get_ydata() for line in errors.lines[1:]])
    assert sorted(shown) == sorted(100 * record.table["error"])
    assert {"coverage", "where runs fell", "errors"} <= set(texts(figure))


def test_misses_stand_out():
    _, _, errors = plot_record(recorded()).axes
    inside, outside = errors.lines[1:3]
    assert inside.get_color() != outside.get_color()
    assert len(outside.get_ydata()) == 1
