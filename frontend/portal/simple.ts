import "../shared/photos";
import "../shared/where";
import "../shared/busy";
