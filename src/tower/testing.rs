//! What a service's own tests can prove of its debug endpoints.
