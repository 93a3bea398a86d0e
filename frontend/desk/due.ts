import "../shared/due";
