"""What a program with langchain-openai does, in an environment of its own: asks, streams, goes on; prints what came."""

import json
import sys
from typing import Any


def main(url: str, key: str, question: str) -> dict[str, Any]:
    from langchain_openai import ChatOpenAI  # type: ignore[import-not-found]  # it is in the other environment

    model = ChatOpenAI(model="attune", base_url=url, api_key=key, max_retries=0, stream_usage=True)
    whole = model.invoke(question)
    parts = list(model.stream(question))
    more = model.invoke([("system", "Be brief."), ("user", question), ("ai", whole.content), ("user", question)])
    refused = 0
    try:
        ChatOpenAI(model="attune", base_url=url, api_key="wrong", max_retries=0).invoke(question)
    except Exception as error:
        refused = getattr(error, "status_code", -1)
    usage = sum((one.usage_metadata or {}).get("total_tokens", 0) for one in parts)
    streamed = "".join(one.content for one in parts)
    return {"whole": whole.content, "streamed": streamed, "usage": usage, "more": more.content, "refused": refused}


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))  # noqa: T201 (the parent reads it)
