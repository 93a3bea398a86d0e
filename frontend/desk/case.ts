import "../shared/fading";
import "../shared/photos";
import "../shared/busy";
import "../shared/forms";
import "../shared/naming";
import "../shared/phrases";
import "./due";
import { countDown } from "../shared/undo";
import "../shared/keys";

countDown();
