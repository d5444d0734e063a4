# The texts shared by all pages
