"""The anonymisation of images: what is known of one when nobody may know whose it is."""
