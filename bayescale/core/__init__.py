"""What every part needs: quantities of a run, text, notes, files, minimisation."""
