-- Run once, by the image, when a service's server is set up: the service's database, the role that owns it and migrates,
-- and the one that the service works with. Their passwords are those of the URLs that they are used by.
\getenv servicio SERVICIO
\set dueno :servicio _dueno
\set clave `sed -E 's|^[^:]+://[^:]+:([^@]+)@.*$|\1|' /run/secrets/DATABASE_URL`
\set clave_del_dueno `sed -E 's|^[^:]+://[^:]+:([^@]+)@.*$|\1|' /run/secrets/DATABASE_URL_MIGRACION`
CREATE ROLE :"dueno" LOGIN PASSWORD :'clave_del_dueno';
CREATE ROLE :"servicio" LOGIN PASSWORD :'clave';
CREATE DATABASE :"servicio" OWNER :"dueno";
REVOKE ALL ON DATABASE :"servicio" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"servicio" TO :"servicio";
REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC;
\connect :"servicio"
-- Large objects lie in no table, and so no grant on one says who may make them. The functions are the superuser's.
SELECT format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', oid::regprocedure) FROM pg_proc
WHERE pronamespace = 'pg_catalog'::regnamespace AND proname ~ '^lo(_.*|read|write)$'
\gexec
