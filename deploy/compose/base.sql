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
