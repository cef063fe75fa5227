import json

import pytest

import bayescale as bs
from bayescale.forecasting.keeping import digest_of


def changed(path, sealed=False, **fields):
    """Write a file with other fields, with a digest that fits if it is sealed again."""
    content = json.loads(path.read_text(encoding="utf-8")) | fields
    if sealed:
        content["digest"] = digest_of(content)
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_other_spaces_and_another_order_are_no_change(on_record):
    content = json.loads(on_record.read_text(encoding="utf-8"))
    on_record.write_text(json.dumps(content, indent=4, sort_keys=True), encoding="utf-8")
    bs.Forecast.load(on_record)


@pytest.mark.parametrize(
    "field", ["made_at", "question", "quantiles", "origin", "target", "digest"]
)
def test_every_edit_is_noticed(on_record, field):
    content = json.loads(on_record.read_text(encoding="utf-8"))
    value = content[field]
    other = {"question": [{"params": 1e9, "tokens": 1e10}] * 3, "quantiles": [[2.0] * 23] * 3}
    changed(on_record, **{field: other.get(field, f"{value}0")})
    with pytest.raises(bs.FileError, match="was altered after it was written, its digest"):
        bs.Forecast.load(on_record)


def test_every_digit_is_held(on_record):
    text = on_record.read_text(encoding="utf-8")
    digits = json.loads(text)["quantiles"][0][0]
    on_record.write_text(text.replace(str(digits), str(round(digits + 1e-7, 8))), encoding="utf-8")
    with pytest.raises(bs.FileError, match="was altered"):
        bs.Forecast.load(on_record)


def test_a_form_of_later_is_named(on_record):
    changed(on_record, sealed=True, schema="bayescale-forecast/2")
    with pytest.raises(
        bs.FileError, match="of form 2, this version of bayescale reads form 1; use"
    ):
        bs.Forecast.load(on_record)


@pytest.mark.parametrize(
    "fields",
    [{"levels": "all"}, {"quantiles": [[1.0]]}, {"question": []}, {"more": 1}, {"fits": [{}]}],
)
def test_what_is_sealed_but_no_forecast_is_refused(on_record, fields):
    changed(on_record, sealed=True, **fields)
    with pytest.raises(bs.FileError, match=on_record.name):
        bs.Forecast.load(on_record)


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"[1]", b"{}", b'{"schema": 3}', b"[" * 9999]
)
def test_what_is_no_forecast_is_said_to_be_none(tmp_path, content):
    path = tmp_path / "odd.json"
    path.write_bytes(content)
    with pytest.raises(bs.FileError, match=r"is no (forecast|JSON)"):
        bs.Forecast.load(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(bs.FileError, match="cannot be read: No such file"):
        bs.Forecast.load(tmp_path / "nothing.json")
    with pytest.raises(bs.FileError, match="cannot be read"):
        bs.Forecast.load(tmp_path)
