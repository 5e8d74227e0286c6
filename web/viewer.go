package web

func (m *meetings) viewerRoutes() error { return nil }
