import "../shared/photos";
import "../shared/busy";
import "./parts/print";
