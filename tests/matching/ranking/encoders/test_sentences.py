"""A real model of sentence-transformers, made here: small, of chance, and in the format of any other. Where the package
is not installed these are skipped, and say so.
"""

import json
import socket
from importlib.util import find_spec

import numpy as np
import pytest

from crm.errors import DomainError
from matching.ranking.encoders import sentences
from matching.ranking.encoders.encoder import Encoding
from matching.ranking.encoders.scale import measured
from matching.ranking.lexicon import pairs

pytestmark = [
    pytest.mark.skipif(find_spec("sentence_transformers") is None, reason="sentence-transformers is not installed"),
    pytest.mark.filterwarnings("ignore"),  # what three libraries say of each other
]
TOKENS = 96
BATCH = [english for _french, english in pairs()[:24]]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """BERT of two layers that was taught nothing, with the words of our own pairs."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    made = tmp_path_factory.mktemp("made")
    words = sorted({word.lower() for pair in pairs() for text in pair for word in text.split() if word.isalpha()})
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words]
    (made / "vocab.txt").write_text("\n".join(vocabulary))
    torch.manual_seed(0)
    size = {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 128}
    BertModel(BertConfig(vocab_size=len(vocabulary), **size)).save_pretrained(made)
    BertTokenizerFast(vocab_file=str(made / "vocab.txt")).save_pretrained(made)
    folder = tmp_path_factory.mktemp("model")
    transformer = Transformer(str(made), max_seq_length=TOKENS)
    SentenceTransformer(modules=[transformer, Pooling(64)], device="cpu").save(str(folder))
    return folder


@pytest.fixture(scope="module")
def encoder(model):
    return sentences.load(str(model))


def test_a_folder_is_enough_and_nothing_is_asked_of_the_network(encoder, monkeypatch):
    def refused(*args, **kwargs):
        raise AssertionError("somebody asks the network")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    found = sentences.load(str(encoder.folder.path)).encode(["clean beaches", "the sea"])
    assert (found.shape, found.dtype) == ((2, 64), np.float64)


def test_it_reads_as_much_at_a_time_as_the_model_does(encoder):
    assert encoder.room == 3 * TOKENS


def test_a_text_has_the_same_vector_to_the_last_bit_in_whatever_batch(encoder):
    whole = encoder.encode(BATCH)
    assert (encoder.encode(BATCH[::-1])[::-1] == whole).all()
    assert (np.concatenate([encoder.encode(BATCH[:5]), encoder.encode(BATCH[5:])]) == whole).all()
    for row in (0, 7, 23):
        assert (encoder.encode([BATCH[row]])[0] == whole[row]).all()


def test_the_threads_of_others_are_left_as_they_are(encoder):
    import torch

    before = torch.get_num_threads()
    encoder.encode(["the sea"])
    assert torch.get_num_threads() == before


def test_a_model_has_a_scale_and_makes_vectors(encoder):
    encoding = Encoding(encoder, measured(encoder))
    assert encoding.scale.axes.shape == (2, 64)
    assert 0 < encoding.scale.told <= encoding.scale.far < 1
    vectors = encoding.vectors([*BATCH, " ".join(BATCH), ""])
    assert vectors.cosine(encoding.vectors([BATCH[3]]))[3] == 1.0
    assert (vectors.squares > 0).tolist() == [True] * 25 + [False]


def test_a_model_that_looks_words_up_is_one_too(tmp_path):
    """The quick kind: a vector a word, and no limit to what it reads."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import StaticEmbedding
    from tokenizers import Tokenizer, models, pre_tokenizers

    words = sorted({word for pair in pairs() for text in pair for word in text.split()})
    tokenizer = Tokenizer(models.WordLevel({word: n for n, word in enumerate(["[UNK]", *words])}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    torch.manual_seed(0)
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=32)], device="cpu").save(str(tmp_path))
    encoder = sentences.load(str(tmp_path))
    assert encoder.room == 384
    whole = encoder.encode(BATCH)
    assert (np.concatenate([encoder.encode(BATCH[:5]), encoder.encode(BATCH[5:])]) == whole).all()
    assert (measured(encoder).axes.shape, whole.shape) == ((2, 32), (24, 32))


def test_a_damaged_model_says_so(encoder, tmp_path):
    for path in encoder.folder.path.rglob("*"):
        to = tmp_path / path.relative_to(encoder.folder.path)
        to.mkdir() if path.is_dir() else to.write_bytes(path.read_bytes())
    (tmp_path / "model.safetensors").write_bytes(b"nothing of the kind")
    with pytest.raises(DomainError, match="encoder_unusable"):
        sentences.load(str(tmp_path)).encode(["the sea"])


def test_code_in_a_model_s_configuration_is_not_run(encoder, tmp_path):
    for path in encoder.folder.path.rglob("*"):
        to = tmp_path / path.relative_to(encoder.folder.path)
        to.mkdir() if path.is_dir() else to.write_bytes(path.read_bytes())
    ran = tmp_path / "ran"
    (tmp_path / "own.py").write_text(f"open({str(ran)!r}, 'w')\n")
    config = json.loads((tmp_path / "config.json").read_text())
    config |= {"model_type": "own", "auto_map": {"AutoConfig": "own.Config", "AutoModel": "own.Model"}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(DomainError, match="encoder_unusable"):
        sentences.load(str(tmp_path)).encode(["the sea"])
    assert not ran.exists()
