import "../shared/photos";
import "../shared/busy";
import "./due";
