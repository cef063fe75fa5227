from pydantic import TypeAdapter

from bayescale.forecasting.content import Content


def test_the_file_is_what_its_schema_says(foretold):
    TypeAdapter(Content).validate_python(foretold.to_content())
    fields = TypeAdapter(Content).json_schema()["properties"]
    assert all(field.get("description") for field in fields.values())
