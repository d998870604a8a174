-- What the shop keeps. Runs on an empty database.

CREATE TABLE products (
    id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name  text   NOT NULL,
    cents bigint NOT NULL CHECK (cents > 0)
);

CREATE TABLE orders (
    id       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    product  bigint      NOT NULL REFERENCES products,
    quantity integer     NOT NULL CHECK (quantity > 0),
    at       timestamptz NOT NULL DEFAULT now()
);

INSERT INTO products (name, cents) VALUES ('Teapot', 3900), ('Cup', 900);
