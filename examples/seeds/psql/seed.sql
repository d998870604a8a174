INSERT INTO public.cities (name) VALUES ('Nantes'), ('Brest');
