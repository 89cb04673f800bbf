//! Types generated from `wit/`: what components and plug-ins say to each other.
