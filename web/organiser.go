package web

func (m *meetings) organiserRoutes() error { return nil }
