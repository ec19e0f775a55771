from seedwork.infraestructura.migraciones import correr_entorno

correr_entorno()
