import "../shared/photos";
import "../shared/busy";
