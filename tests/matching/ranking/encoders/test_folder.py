"""What may be loaded is known before anything is: numbers and words, from this machine."""

import json

import pytest

from crm.errors import DomainError
from matching.ranking.encoders.folder import ModelFolder, split
from matching.ranking.vectors import MOST_DIMENSIONS

MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
    {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
]


@pytest.fixture
def model(tmp_path):
    (tmp_path / "1_Pooling").mkdir()
    (tmp_path / "modules.json").write_text(json.dumps(MODULES))
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    (tmp_path / "1_Pooling" / "config.json").write_text('{"word_embedding_dimension": 384}')
    return tmp_path


def refusal(path):
    with pytest.raises(DomainError) as refused:
        ModelFolder(path)
    return refused.value.code


def modules(model, *changes):
    (model / "modules.json").write_text(
        json.dumps([{**one, **change} for one, change in zip(MODULES, changes, strict=True)])
    )


def test_a_setting_is_a_scheme_and_what_stands_behind_it():
    assert split("sentence-transformers:/models/a:b") == ("sentence-transformers", "/models/a:b")
    for wrong in ("/models/one", "sentence-transformers", "sentence-transformers:", "openai:key", ":x"):
        with pytest.raises(DomainError, match="encoder_scheme_unknown"):
            split(wrong)


def test_a_model_of_numbers_and_words_is_one(model):
    assert ModelFolder(model).modules == MODULES


def test_what_is_no_model_is_refused(model, tmp_path):
    assert refusal(tmp_path / "nowhere") == "encoder_folder_missing"
    assert refusal(model / "config.json") == "encoder_folder_missing"
    for said in ("", "[]", "{}", "[1]", '[{"type": "sentence_transformers.models.Pooling"}]'):
        (model / "modules.json").write_text(said)
        assert refusal(model) == "encoder_no_model"
    for path in ("/etc", "../other", "a/../../b"):
        modules(model, {}, {"path": path})
        assert refusal(model) == "encoder_no_model"
    (model / "modules.json").unlink()
    assert refusal(model) == "encoder_no_model"


@pytest.mark.parametrize("kind", ["custom.Transformer", "sentence_transformersX.Pooling", "", "os.system"])
def test_a_model_with_code_of_its_own_is_refused(model, kind):
    modules(model, {}, {"type": kind})
    assert refusal(model) == "encoder_runs_code"


def test_weights_that_could_run_code_are_refused_wherever_they_would_be_read(model):
    (model / "1_Pooling" / "pytorch_model.bin").touch()
    assert refusal(model) == "encoder_pickled"
    (model / "1_Pooling" / "model.safetensors").touch()
    (model / "training_args.bin").touch()  # beside safetensors, which are read instead
    (model / "openvino").mkdir()
    (model / "openvino" / "openvino_model.bin").touch()  # nobody reads it
    ModelFolder(model)
    (model / "model.safetensors").rename(model / "pytorch_model.bin")
    assert refusal(model) == "encoder_pickled"
    for path in model.glob("*.bin"):
        path.unlink()
    (model / "1_Pooling" / "model.safetensors").unlink()
    (model / "1_Pooling" / "pytorch_model.bin").unlink()
    assert refusal(model) == "encoder_no_model"


def test_too_many_dimensions_are_known_before_anything_is_loaded(model):
    for size in (MOST_DIMENSIONS, MOST_DIMENSIONS + 1):
        (model / "1_Pooling" / "config.json").write_text(json.dumps({"embedding_dimension": size}))
        if size > MOST_DIMENSIONS:
            assert refusal(model) == "too_many_dimensions"
        else:
            ModelFolder(model)


def test_another_model_has_another_digest_and_another_place_has_not(model, tmp_path_factory):
    digest = ModelFolder(model).digest
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "model"
    model.rename(elsewhere)
    assert ModelFolder(elsewhere).digest == digest
    (elsewhere / "README.md").write_text("Nobody reads it.")
    assert ModelFolder(elsewhere).digest == digest
    seen = {digest}
    for name in ("model.safetensors", "1_Pooling/config.json", "tokenizer.json"):
        (elsewhere / name).write_text('{"other": 1}')
        seen.add(ModelFolder(elsewhere).digest)
    assert len(seen) == 4
