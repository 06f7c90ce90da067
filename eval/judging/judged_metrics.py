"""ragas's judged metrics, made safe: French prompts, our own client, no score without something judged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eval.judging.french_prompts import french
from eval.judging.judge_model import Judge, JudgeError, read_json
from eval.runs.ragas_record import without_telemetry
from ingest.index.embedding import Embedder

NAMES = ("fidelite_jugee", "exactitude_jugee", "pertinence_jugee")
LABELS = {
    "fidelite_jugee": "fidélité aux passages (jugée)",
    "exactitude_jugee": "affirmations exactes (jugées)",
    "pertinence_jugee": "pertinence de la réponse (jugée)",
}
_ATTEMPTS = 3
_UNRELATED, _SPAN = 0.80, 0.13
"""Cosines of e5 between two questions: 0.80 for unrelated ones, 0.93 for the same; all the signal is in between."""


def rescaled(cosine: float) -> float:
    """A cosine of e5 on a scale from 0 (unrelated) to 1 (the same question)."""
    return min(1.0, max(0.0, (cosine - _UNRELATED) / _SPAN))


def judged_metrics(judge: Judge, seed: int, embedder: Embedder) -> dict[str, Any]:
    """Metric name → an object with `ascore`; each repeat of a run has its own seed."""
    without_telemetry()
    from ragas.metrics.collections import AnswerRelevancy, FactualCorrectness, Faithfulness
    from ragas.metrics.collections.answer_relevancy.util import AnswerRelevancePrompt
    from ragas.metrics.collections.factual_correctness.util import ClaimDecompositionPrompt
    from ragas.metrics.collections.factual_correctness.util import NLIStatementPrompt as ClaimVerdictPrompt
    from ragas.metrics.collections.faithfulness.util import NLIStatementPrompt, StatementGeneratorPrompt

    class CheckedFaithfulness(Faithfulness):
        """Refuses verdicts that do not answer each statement: ragas would count those it got."""

        async def _create_verdicts(self, statements: list[str], context: str) -> Any:
            return _one_each(await super()._create_verdicts(statements, context), statements)

    class CheckedCorrectness(FactualCorrectness):
        """The same; and no claim at all is no score, where ragas says 0."""

        async def _verify_claims(self, claims: list[str], reference: str) -> Any:
            return _one_each(await super()._verify_claims(claims, reference), claims)

    llm, embeddings = _llm(judge, seed), _embeddings(embedder)
    faithfulness = CheckedFaithfulness(llm=llm)
    faithfulness.statement_generator_prompt = french(StatementGeneratorPrompt, "STATEMENTS")
    faithfulness.nli_statement_prompt = french(NLIStatementPrompt, "VERDICTS")
    correctness = CheckedCorrectness(llm=llm, mode="precision")
    correctness.prompt = french(ClaimDecompositionPrompt, "CLAIMS")
    correctness.nli_prompt = french(ClaimVerdictPrompt, "VERDICTS")
    relevancy = AnswerRelevancy(llm=llm, embeddings=embeddings, strictness=1)
    relevancy.prompt = french(AnswerRelevancePrompt, "QUESTION")
    return dict(zip(NAMES, (faithfulness, correctness, relevancy), strict=True))


def _one_each(verdicts: Any, statements: Sequence[str]) -> Any:
    if len(verdicts.statements) != len(statements):
        raise JudgeError(f"{len(verdicts.statements)} verdict(s) pour {len(statements)} affirmation(s).")
    wrong = [v.verdict for v in verdicts.statements if v.verdict not in (0, 1)]
    if wrong:
        raise JudgeError(f"Verdict {wrong[0]} au lieu de 0 ou 1.")
    return verdicts


def _llm(judge: Judge, seed: int) -> Any:
    from ragas.llms.base import InstructorBaseRagasLLM

    class JudgeLlm(InstructorBaseRagasLLM):
        """Our judge where ragas expects an LLM: asks again, another seed, when the answer cannot be read."""

        is_async = True

        def generate(self, prompt: str, response_model: Any) -> Any:  # noqa: ARG002  # the signature of ragas
            raise JudgeError("Le juge se demande de façon asynchrone.")

        async def agenerate(self, prompt: str, response_model: Any) -> Any:
            problem: JudgeError | None = None
            for attempt in range(_ATTEMPTS):
                text = await judge.complete(prompt, seed * 100 + attempt)
                try:
                    return _not_empty(read_json(text, response_model))
                except JudgeError as exc:
                    problem = exc
            assert problem is not None
            raise problem

    return JudgeLlm()


def _not_empty(read: Any) -> Any:
    for name in ("statements", "claims", "question"):
        if hasattr(read, name) and not getattr(read, name):
            raise JudgeError("Le juge n'a rien trouvé à juger.")
    return read


def _embeddings(embedder: Embedder) -> Any:
    from ragas.embeddings.base import BaseRagasEmbedding

    class Bundled(BaseRagasEmbedding):
        """The embedding of the assistant."""

        def embed_text(self, text: str, **_: Any) -> list[float]:
            return [float(x) for x in embedder.embed([text], "query")[0]]

        async def aembed_text(self, text: str, **_: Any) -> list[float]:
            return self.embed_text(text)

    return Bundled()
