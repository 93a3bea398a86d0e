import "../shared/chosen";
