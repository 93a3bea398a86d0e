"""What kind of matter a text is: the trained model where there is one, everyday words where there is none."""

from collections.abc import Sequence
from dataclasses import dataclass

from gezhi.cases.guessing import Guess, WordGuesser
from gezhi.cases.models import TrainedModel
from gezhi.lib.textmodel import TextModel
from gezhi.packs.catalogue import Catalogue

TRUST_MODEL_FROM = 0.35  # a model that is less sure than this leaves the word to everyday words


@dataclass(frozen=True)
class Classifier:
    words: WordGuesser
    model: TextModel | None
    fallback: str  # the category of a text that nothing is known about
    known: frozenset[str]

    def classify(self, texts: Sequence[str]) -> list[Guess]:
        """One guess for each text, in batch."""
        learned = self.model.predict(texts) if self.model and texts else [None] * len(texts)
        guesses = []
        for text, prediction in zip(texts, learned, strict=True):
            if prediction and prediction.confidence >= TRUST_MODEL_FROM and prediction.label in self.known:
                guesses.append(Guess(prediction.label, prediction.confidence))
            else:
                guesses.append(next(iter(self.words.guess(text, 1)), Guess(self.fallback, 0.0)))
        return guesses

    def explain(self, text: str, limit: int = 3) -> list[Guess]:
        """The likeliest categories with the words that decided: model first, then everyday words."""
        found: dict[str, Guess] = {}
        if self.model:
            for prediction in self.model.top([text], limit)[0]:
                clues = tuple(clue.words for clue in self.model.clues(text, prediction.label))
                found[prediction.label] = Guess(prediction.label, prediction.confidence, clues)
        for guess in self.words.guess(text, limit):
            found.setdefault(guess.category, guess)
        known = [guess for guess in found.values() if guess.category in self.known]
        return sorted(known, key=lambda guess: -guess.confidence)[:limit]


def newest_classifier(catalogue: Catalogue) -> Classifier:
    trained = TrainedModel.objects.filter(state="done").order_by("-id").only("content").first()
    model = TextModel.from_bytes(bytes(trained.content)) if trained and trained.content else None
    categories = {category.key: category for category in catalogue.open_to_all}
    return Classifier(
        words=WordGuesser(categories.values()),
        model=model,
        fallback=catalogue.fallback_category,
        known=frozenset(categories),
    )
