import "../shared/busy";
import "../shared/chosen";
