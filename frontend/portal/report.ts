import "../shared/photos";
import "../shared/where";
import "../shared/busy";
import "../shared/forms";
import "./parts/draft";
import "./parts/upload";
import "./parts/tap";
