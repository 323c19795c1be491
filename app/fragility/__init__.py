"""Areas and their indicators: where the city is fragile."""
