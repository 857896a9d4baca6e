"""The commands of training: what the manifest says can be typed elsewhere."""

from training.flags import portable


def test_the_command_of_a_manifest_names_folders_and_no_machine() -> None:
    words = [
        "attune",
        "train",
        "generator",
        "--data",
        "/home/ada/sets/mine",
        "--out",
        "/tmp/x/answers",
        "--minutes",
        "9",
    ]
    assert portable(words) == "attune train generator --data data/mine --out answers --minutes 9"
