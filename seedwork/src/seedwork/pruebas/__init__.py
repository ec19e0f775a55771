from seedwork.pruebas.llavero import usar_en_pruebas

# Tests, and what is run for them: none of it has settings of its own to say it.
usar_en_pruebas()
