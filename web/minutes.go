package web

func (m *meetings) minutesRoutes() error { return nil }
