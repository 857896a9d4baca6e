"""Turn a packed GGUF file into the plain bf16 folder that every engine reads. Knows nothing of where it came from."""

from pathlib import Path


def convert(gguf: Path, folder: Path) -> None:
    """Write bf16 safetensors, tokenizer and chat template of `gguf` into `folder`. Raises OSError if it is broken."""
    import torch
    from tokenizers.pre_tokenizers import ByteLevel, Digits, Sequence
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig, modeling_gguf_pytorch_utils
    from transformers.utils import logging

    logging.disable_progress_bar()  # whoever fetches weights shows a bar of its own
    modeling_gguf_pytorch_utils.tqdm = logging.tqdm  # its own bar would not be told
    source = {"pretrained_model_name_or_path": str(gguf.parent), "gguf_file": gguf.name}
    # transformers keeps GGUF packed, and a packed model cannot be saved.
    model = AutoModelForCausalLM.from_pretrained(
        **source, quantization_config=GgufConfig(dequantize=True), dtype=torch.bfloat16
    )
    for trace in ("quantization_config", "_pre_quantization_dtype"):
        if hasattr(model.config, trace):
            delattr(model.config, trace)
    model.save_pretrained(folder)

    tokenizer = AutoTokenizer.from_pretrained(**source)
    # GGUF does not say it and the conversion forgets it: this family reads every digit as a token of its own.
    tokenizer.backend_tokenizer.pre_tokenizer = Sequence(
        [Digits(individual_digits=True), ByteLevel(add_prefix_space=False)]
    )
    tokenizer.save_pretrained(folder)
