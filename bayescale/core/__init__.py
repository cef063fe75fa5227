"""What every part needs: quantities, names, notes, files and one-dimensional minimisation."""
