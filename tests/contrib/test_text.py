"""mx.contrib.text: counts of tokens, vocabularies, vectors of tokens."""

import hashlib
import zipfile
from collections import Counter

import numpy as np
import pytest

import mxlite as mx
from mxlite.contrib.text import embedding, utils
from mxlite.contrib.text.vocab import Vocabulary

COUNTS = Counter({"c": 3, "b": 2, "a": 2, "rare": 1, "<pad>": 9})


def write(path, lines):
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def test_counts():
    text = " Life is great ! \n life is good . \n"
    assert utils.count_tokens_from_str(text, to_lower=True) == {
        "life": 2, "is": 2, "great": 1, "!": 1, "good": 1, ".": 1}
    counter = Counter({"is": 5})
    same = utils.count_tokens_from_str("*Life*is*!*\n", r"\*", counter_to_update=counter)
    assert same is counter and counter == {"Life": 1, "is": 6, "!": 1}
    with pytest.raises(TypeError, match="source_str must be a string; got 1"):
        utils.count_tokens_from_str(1)


@pytest.mark.parametrize("kwargs, tokens", [
    ({}, ["<unk>", "<pad>", "c", "a", "b", "rare"]),
    ({"min_freq": 2}, ["<unk>", "<pad>", "c", "a", "b"]),
    ({"most_freq_count": 2}, ["<unk>", "<pad>", "c"]),
    ({"most_freq_count": 2, "reserved_tokens": ["<pad>", "<eos>"]},
     ["<unk>", "<pad>", "<eos>", "c", "a"]),
    ({"unknown_token": "c"}, ["c", "<pad>", "a", "b", "rare"]),
    ({"most_freq_count": 0}, ["<unk>"])])
def test_vocabularies(kwargs, tokens):
    vocabulary = Vocabulary(COUNTS, **kwargs)
    assert vocabulary.idx_to_token == tokens and len(vocabulary) == len(tokens)
    assert vocabulary.token_to_idx == {token: i for i, token in enumerate(tokens)}
    assert vocabulary.unknown_token == tokens[0]
    assert vocabulary.reserved_tokens == kwargs.get("reserved_tokens")
    assert vocabulary.to_tokens(vocabulary.to_indices([*tokens, "never"])) == [*tokens, tokens[0]]
    assert vocabulary.to_indices("never") == 0 and vocabulary.to_tokens(np.int64(0)) == tokens[0]


def test_wrong_vocabularies():
    for kwargs, message in [({"min_freq": 0}, "min_freq must be at least 1; got 0"),
                            ({"reserved_tokens": ["a", "a"]}, "reserved_tokens must differ"),
                            ({"reserved_tokens": ["<unk>"]}, "must not have unknown_token"),
                            ({"counter": {"a": 1}}, r"must be a collections\.Counter; got")]:
        with pytest.raises(AssertionError, match=message):
            Vocabulary(**kwargs)
    for index in (6, -1, 1.5, "a"):
        with pytest.raises(ValueError, match=f"integer from 0 to 5; got {index!r}"):
            Vocabulary(COUNTS).to_tokens([index])


def test_vectors_of_a_file(tmp_path):
    path = write(tmp_path / "vectors", ["a 1 2", "b 3 4", "é 5 6"])
    vectors = embedding.CustomEmbedding(path)
    assert vectors.vec_len == 2 and vectors.idx_to_token == ["<unk>", "a", "b", "é"]
    assert vectors.idx_to_vec.asnumpy().tolist() == [[0, 0], [1, 2], [3, 4], [5, 6]]
    assert vectors.get_vecs_by_tokens("b").asnumpy().tolist() == [3, 4]
    assert vectors.get_vecs_by_tokens(["É", "never", "A"]).asnumpy().tolist() == [[0, 0]] * 3
    assert vectors.get_vecs_by_tokens(["É", "never", "A"], lower_case_backup=True
                                      ).asnumpy().tolist() == [[5, 6], [0, 0], [1, 2]]
    vectors.update_token_vectors("a", mx.nd.array([7, 8]))
    vectors.update_token_vectors(["b", "<unk>"], mx.nd.array([[9, 9], [1, 1]]))
    assert vectors.idx_to_vec.asnumpy().tolist() == [[1, 1], [7, 8], [9, 9], [5, 6]]
    with pytest.raises(ValueError, match="To set the vector of all unknown"):
        vectors.update_token_vectors(["a", "never"], mx.nd.ones((2, 2)))
    for wrong in (mx.nd.ones((2, 2)), np.ones(2), mx.nd.ones((3,))):
        with pytest.raises(AssertionError, match=r"NDArray of shape \(1, 2\) or \(2,\); got"):
            vectors.update_token_vectors("a", wrong)
    assert vectors.idx_to_vec[1].asnumpy().tolist() == [7, 8]


def test_special_tokens_and_odd_lines(tmp_path):
    with pytest.warns(UserWarning) as seen:
        path = write(tmp_path / "vectors", ["4,2", "<pad>,1,2", "a,3,4", "a,5,6", "<unk>,7,8"])
        vectors = embedding.CustomEmbedding(path, ",", init_unknown_vec=mx.nd.ones,
                                            reserved_tokens=["<bos>", "<pad>"])
    assert [str(each.message).split(": ", 1)[1] for each in seen] == [
        "'4' with one number is taken for a header and left out",
        "'a' is there again; its first vector counts"]
    assert vectors.idx_to_token == ["<unk>", "<bos>", "<pad>", "a"]
    assert vectors.idx_to_vec.asnumpy().tolist() == [[7, 8], [1, 1], [1, 2], [3, 4]]


def test_vocabularies_choose_and_embeddings_stand_side_by_side(tmp_path):
    one = write(tmp_path / "one", ["a 1 2", "b 3 4", "<unk> 8 9"])
    two = write(tmp_path / "two", ["b 5 6 7"])
    vocabulary = Vocabulary(Counter(["b", "c"]), reserved_tokens=["<pad>"])
    chosen = embedding.CustomEmbedding(one, vocabulary=vocabulary)
    assert chosen.idx_to_token == ["<unk>", "<pad>", "b", "c"]
    assert chosen.reserved_tokens == ["<pad>"]
    assert chosen.idx_to_vec.asnumpy().tolist() == [[8, 9], [8, 9], [3, 4], [8, 9]]
    both = embedding.CompositeEmbedding(vocabulary, [embedding.CustomEmbedding(one),
                                                     embedding.CustomEmbedding(two)])
    assert both.vec_len == 5 and both.get_vecs_by_tokens("b").asnumpy().tolist() == [3, 4, 5, 6, 7]
    assert both.idx_to_vec[0].asnumpy().tolist() == [8, 9, 0, 0, 0]
    single = embedding.CompositeEmbedding(Vocabulary(), embedding.CustomEmbedding(one))
    assert single.idx_to_vec.asnumpy().tolist() == [[8, 9]]
    with pytest.raises(AssertionError, match=r"vocabulary must be a text\.vocab\.Vocabulary"):
        embedding.CompositeEmbedding(1, chosen)
    with pytest.raises(AssertionError, match="token_embeddings must be embeddings of tokens"):
        embedding.CompositeEmbedding(vocabulary, [1])


@pytest.mark.parametrize("lines, error, message", [
    (["a 1 2", "b 3"], AssertionError, ""), (["a"], AssertionError, "line 1: a line must be a tok"),
    (["a 1 x"], AssertionError, "a token and numbers; got 'a 1 x'"),
    (["a 1 2", "b 1 2 3"], AssertionError, "line 2: all vectors must have one length; that of 'b'"),
    ([], ValueError, "there are no vectors in this file")])
def test_damaged_files(lines, error, message, tmp_path):
    path = tmp_path / "vectors"
    path.write_text("\n".join(lines))
    if not message:
        with pytest.warns(UserWarning, match="line 2: 'b' with one number"):
            embedding.CustomEmbedding(path)
        return
    with pytest.raises(error, match=message):
        embedding.CustomEmbedding(path)


def test_missing_files_and_names(tmp_path):
    with pytest.raises(ValueError, match="CustomEmbedding: there is no file"):
        embedding.CustomEmbedding(tmp_path / "none")
    with pytest.raises(KeyError, match=r"GloVe: there is no pretrained file 'glove\.6B\.50\.txt'"):
        embedding.create("GloVe", pretrained_file_name="glove.6B.50.txt")
    with pytest.raises(KeyError, match=r"embedding must be .*'glove'.*; got 'gloves'"):
        embedding.create("gloves")
    with pytest.raises(KeyError, match=r"embedding_name must be .*; got 'gloves'"):
        embedding.get_pretrained_file_names("gloves")
    names = embedding.get_pretrained_file_names()
    assert {"glove", "fasttext"} <= names.keys() and len(names["glove"]) == 10
    assert "wiki.simple.vec" in embedding.get_pretrained_file_names("fasttext")
    assert len(embedding.FastText.pretrained_archive_name_sha1) == 327


def test_files_are_fetched(tmp_path, monkeypatch):
    def sha1(path):
        return hashlib.sha1(path.read_bytes()).hexdigest()

    repository = tmp_path / "repository/gluon/embeddings"
    for name in ("mine", "glove"):
        (repository / name).mkdir(parents=True)
    plain = repository / "mine/my.vec"
    write(plain, ["a 1 2"])
    archive = repository / "glove/glove.6B.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.write(plain, "glove.6B.50d.txt")
    monkeypatch.setenv("MXNET_GLUON_REPO", (tmp_path / "repository").as_uri())
    monkeypatch.setattr(embedding, "_REGISTRY", dict(embedding._REGISTRY))

    @embedding.register
    class Mine(embedding._TokenEmbedding):
        pretrained_file_name_sha1 = {"my.vec": sha1(plain)}

        def __init__(self, root, **kwargs):
            super().__init__(**kwargs)
            self._load_embedding(self._get_pretrained_file(root, "my.vec"), " ", mx.nd.zeros)

    assert embedding.create("mine", root=str(tmp_path)).token_to_idx == {"<unk>": 0, "a": 1}
    assert embedding.get_pretrained_file_names("mine") == ["my.vec"]
    monkeypatch.setitem(embedding.GloVe.pretrained_file_name_sha1, "glove.6B.50d.txt", sha1(plain))
    monkeypatch.setitem(embedding.GloVe.pretrained_archive_name_sha1, "glove.6B.zip",
                        sha1(archive))
    monkeypatch.setenv("MXNET_HOME", str(tmp_path / "home"))
    for _ in range(2):
        glove = embedding.GloVe("glove.6B.50d.txt", vocabulary=Vocabulary(Counter("ab")))
        assert glove.idx_to_vec.asnumpy().tolist() == [[0, 0], [1, 2], [0, 0]]
        archive.unlink(missing_ok=True)                     # the second time, nothing is fetched
    (tmp_path / "home/embeddings/glove/glove.6B.50d.txt").unlink()
    monkeypatch.setitem(embedding.GloVe.pretrained_file_name_sha1, "glove.6B.100d.txt", "0" * 40)
    with pytest.raises(ValueError, match=r"'glove\.6B\.100d\.txt' is not in this archive"):
        embedding.GloVe("glove.6B.100d.txt")
    with pytest.raises(TypeError, match=r"embedding\.register: only a class can be registered"):
        embedding.register(1)
