"""How well texts find texts, within French and English and between them: `python -m bench.text [collection.jsonl …]`.

Two collections: the targets of the 17 UN goals, which should find the indicators of the same goal (../shared/data;
where that is not there, it is told); and briefs of our own, which should find longer English texts on the same subject.
Or one's own, a subject a line: {"fr": …, "en": …, "texts": […]}. Every method is an index over the texts searched; what
is bilingual was learned from our own lexicon and pairs alone, never from a collection. With ENCODER set, so is that.

nDCG@10 and hit@1, the mean of all queries; in brackets, of the last column, where 95 % of 1,000 samples of queries lie.
"""

import json
import os
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import yaml
from scipy.sparse import csr_array, hstack
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.preprocessing import normalize

from matching.ranking.arrays import Floats, Integers
from matching.ranking.encoders import sentences
from matching.ranking.encoders.encoder import Encoding
from matching.ranking.encoders.folder import split
from matching.ranking.encoders.scale import measured
from matching.ranking.lexicon import pairs
from matching.ranking.metrics import ndcg
from matching.ranking.normalisation import normalise
from matching.ranking.text import TextSpace

HERE = Path(__file__).parent
GOALS = HERE.parent.parent / "shared" / "data" / "sdg-fr-en"
BRIEFS = HERE / "data" / "briefs.jsonl"
# A search: (queries, texts) -> how near each text (t) is to each query (q), q × t.
Search = Callable[[Sequence[str], Sequence[str]], Floats]
_DIMENSIONS = 100
_SAMPLES = 1_000


def bm25(queries: Sequence[str], texts: Sequence[str], k1: float = 1.2, b: float = 0.75) -> Floats:
    counter = CountVectorizer(preprocessor=normalise, token_pattern=r"\S+")
    counts = csr_array(counter.fit_transform(texts), dtype=np.float64)
    lengths, in_texts = counts.sum(axis=1), np.diff(counts.tocsc().indptr)
    rarity = np.log(1 + (len(texts) - in_texts + 0.5) / (in_texts + 0.5))
    rows = np.repeat(np.arange(len(texts)), np.diff(counts.indptr))
    counts.data *= (k1 + 1) / (counts.data + k1 * (1 - b + b * lengths[rows] / lengths.mean()))
    counts.data *= rarity[counts.indices]
    return np.asarray((counter.transform(queries) @ counts.T).toarray(), dtype=np.float64)


def tfidf(*analyzers: str) -> Search:
    return lambda queries, texts: _cosines(*_spelt(analyzers, texts, [queries, texts]))


def lsa(queries: Sequence[str], texts: Sequence[str]) -> Floats:
    """Dimensions of the texts searched."""
    asked, searched = _spelt(("word", "char_wb"), texts, [queries, texts])
    return _projected(searched, asked, searched)


def bilingual_lsa(queries: Sequence[str], texts: Sequence[str]) -> Floats:
    """Dimensions of our pairs, each a French sentence and its translation as one text."""
    both = [f"{french} {english}" for french, english in pairs()]
    learned, asked, searched = _spelt(("word", "char_wb"), [*both, *texts], [both, queries, texts])
    return _projected(learned, asked, searched)


def ours(queries: Sequence[str], texts: Sequence[str]) -> Floats:
    space = TextSpace.fit(texts)
    return np.nan_to_num(np.array([space.cosine(query) for query in queries]))


def encoded(setting: str) -> dict[str, Search]:
    """An encoder alone, and what Causeway makes of both."""
    encoder = sentences.load(split(setting)[1])
    encoding = Encoding(encoder, measured(encoder))
    vectors = cache(encoding.vectors)

    def alone(queries: Sequence[str], texts: Sequence[str]) -> Floats:
        asked, searched = vectors(tuple(queries)), vectors(tuple(texts))
        near = [searched.cosine(asked.take(np.array([row]))) for row in range(len(asked))]
        return np.nan_to_num(encoding.scale.read(np.array(near)))

    def both(queries: Sequence[str], texts: Sequence[str]) -> Floats:
        return np.maximum(ours(queries, texts), alone(queries, texts))

    print(f"\n{setting}: {encoding.scale.far:.3f} of it is {encoding.scale.told:.3f} of the lexicon")
    return {"ENCODER alone": alone, "Causeway with ENCODER": both}


METHODS: dict[str, Search] = {
    "BM25": bm25,
    "word TF-IDF": tfidf("word"),
    "word + character TF-IDF": tfidf("word", "char_wb"),
    "LSA": lsa,
    "bilingual LSA on our pairs": bilingual_lsa,
    "Causeway": ours,
}


def _spelt(analyzers: Sequence[str], fitted: Sequence[str], asked: Sequence[Sequence[str]]) -> list[csr_array]:
    options = {"word": {"ngram_range": (1, 2), "token_pattern": r"\S+"}, "char_wb": {"ngram_range": (3, 5)}}
    weighers = [
        TfidfVectorizer(sublinear_tf=True, preprocessor=normalise, analyzer=one, **options[one]).fit(fitted)
        for one in analyzers
    ]
    return [csr_array(hstack([weigher.transform(texts) for weigher in weighers])) for texts in asked]


def _projected(learned: csr_array, asked: csr_array, searched: csr_array) -> Floats:
    dimensions = TruncatedSVD(min(_DIMENSIONS, min(learned.shape) - 1), random_state=0).fit(learned)
    return _cosines(dimensions.transform(asked), dimensions.transform(searched))


def _cosines(asked: csr_array | Floats, searched: csr_array | Floats) -> Floats:
    near = normalize(asked) @ normalize(searched).T
    return np.asarray(near.toarray() if hasattr(near, "toarray") else near, dtype=np.float64)


def found(search: Search, queries: Sequence[str], asked: Integers, texts: Sequence[str], about: Integers) -> Floats:
    """nDCG@10 and hit@1 of every query (q × 2); `asked`, `about`: the subjects of queries and of texts."""
    near = search(queries, texts)
    orders = [np.argsort(-row, kind="stable") for row in near]
    right = [about == subject for subject in asked]
    pairs_ = zip(right, orders, strict=True)
    return np.array([[ndcg(one.astype(np.float64), order, 10), float(one[order[0]])] for one, order in pairs_])


def report(
    name: str, queries: dict[str, list[str]], asked: Integers, texts: dict[str, list[str]], about: Integers
) -> None:
    """A table: a method a line, a direction a column. The last columns are between languages, beside same-language."""
    directions = [(one, other) for other in texts for one in queries]
    print(f"\n{name}: {len(asked)} queries, {len(about)} texts")
    heads = "".join(f"{one.upper()} → {other.upper()}    " for one, other in directions)
    print(f"{'':28}{heads}between ÷ within")
    for method, search in METHODS.items():
        results = {(one, other): found(search, queries[one], asked, texts[other], about) for one, other in directions}
        means = [results[way].mean(axis=0) for way in directions]
        cells = "".join(f"{gain:.3f} {hit:.2f}  " for gain, hit in means)
        ratios = [_ratio(results[one, other], results[other, other]) for one, other in directions if one != other]
        print(f"{method:28}{cells}" + "  ".join(ratios))


def _ratio(between: Floats, within: Floats) -> str:
    picked = np.random.default_rng(0).integers(len(between), size=(_SAMPLES, len(between)))
    low, high = np.percentile(between[picked, 0].mean(axis=1) / within[picked, 0].mean(axis=1), [2.5, 97.5])
    return f"{between[:, 0].mean() / within[:, 0].mean():.2f} [{low:.2f}, {high:.2f}]"


def goals() -> None:
    if not GOALS.exists():
        print(f"{GOALS} is not there: the goals are left out")
        return

    def read(language: str, what: str) -> dict[str, str]:
        rows = yaml.safe_load((GOALS / f"{language}.global_{what}.yml").read_text("utf-8"))
        return {key: text for key, text in rows.items() if key.endswith("-title")}

    told = {(language, what): read(language, what) for language in ("fr", "en") for what in ("targets", "indicators")}
    targets = sorted(told["fr", "targets"].keys() & told["en", "targets"].keys())
    indicators = sorted(told["fr", "indicators"].keys() & told["en", "indicators"].keys())
    report(
        "UN goals, target to indicators",
        {language: [told[language, "targets"][key] for key in targets] for language in ("fr", "en")},
        np.array([int(key.split("-")[0]) for key in targets]),
        {language: [told[language, "indicators"][key] for key in indicators] for language in ("fr", "en")},
        np.array([int(key.split("-")[0]) for key in indicators]),
    )


def briefs(path: Path) -> None:
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    report(
        path.stem,
        {language: [row[language] for row in rows] for language in ("fr", "en")},
        np.arange(len(rows)),
        {"en": [text for row in rows for text in row["texts"]]},
        np.array([subject for subject, row in enumerate(rows) for _ in row["texts"]]),
    )


def main() -> None:
    if setting := os.environ.get("ENCODER"):
        METHODS.update(encoded(setting))
    own = [Path(name) for name in sys.argv[1:] if not name.isdigit()]
    if not own:
        goals()
    for path in own or [BRIEFS]:
        briefs(path)


if __name__ == "__main__":
    main()
