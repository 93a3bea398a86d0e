"""A linear text classifier that is quick, says how sure it is and shows the words that decided.

Texts become units (a Chinese character, a word of letters, a run of digits), units become hashed single and
pair features, features are weighed by what they tell about the labels, and one linear separation per label
decides.
"""

from gezhi.lib.textmodel.model import Clue, Prediction, TextModel
from gezhi.lib.textmodel.scores import Examples, Scores, cross_validate, evaluate

__all__ = ["Clue", "Examples", "Prediction", "Scores", "TextModel", "cross_validate", "evaluate"]
