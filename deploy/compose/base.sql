-- Run once, by the image, when a service's server is set up: the service's database, and the role that owns it.
-- Its password is that of the DATABASE_URL which the service is given.
\getenv servicio SERVICIO
\set clave `sed -E 's|^[^:]+://[^:]+:([^@]+)@.*$|\1|' /run/secrets/DATABASE_URL`
CREATE ROLE :"servicio" LOGIN PASSWORD :'clave';
CREATE DATABASE :"servicio" OWNER :"servicio";
REVOKE CONNECT ON DATABASE :"servicio" FROM PUBLIC;
