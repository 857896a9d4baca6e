"""The SQL table of what limits count for all processes. Describes a table; opens no connection."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.models import UtcTime


class Bucket(SQLModel, table=True):
    """When it will be full again. `key` is a digest: whose it is can be asked and not be read."""

    key: str = Field(primary_key=True)
    full_at: datetime = Field(sa_type=UtcTime)
