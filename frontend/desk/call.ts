import "../shared/fading";
import "../shared/busy";
