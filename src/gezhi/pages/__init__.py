"""What the faces of the platform share: words on screens, photos, forms of steps, maps of grids."""
