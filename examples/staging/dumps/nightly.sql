-- What pg_dump of production wrote last night.
DROP TABLE IF EXISTS products, customers, schema_migrations, ar_internal_metadata;
CREATE TABLE customers (id bigserial PRIMARY KEY, name text NOT NULL, email text NOT NULL);
CREATE TABLE products (
  id bigserial PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES customers (id),
  name text NOT NULL,
  description text NOT NULL
);
INSERT INTO customers (name, email) VALUES
  ('Mathilda Quist', 'mathilda@quist.example'),
  ('Bertram Oduya', 'bertram@oduya.example'),
  ('Ines Valcourt', 'ines@valcourt.example');
INSERT INTO products (customer_id, name, description) VALUES
  (1, 'Quince marmalade', 'Cooked slowly in a copper kettle'),
  (2, 'Rye bread', 'With a crust that sings when it cools'),
  (3, 'Oak honey', 'Dark, from the forest behind the mill');
INSERT INTO products (customer_id, name, description)
  SELECT 1 + n % 3, 'Candle ' || n, 'Beeswax, burns for ' || n % 40 + 8 || ' hours' FROM generate_series(1, 2000) AS n;
