package meeting

// Hall holds the meetings of a service.
type Hall struct{}
