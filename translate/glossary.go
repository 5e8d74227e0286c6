package translate

// Glossary is the city's words in all its languages.
type Glossary struct{}

// ParseGlossary reads glossary.yaml.
func ParseGlossary([]byte) (*Glossary, error) { return &Glossary{}, nil }

func (g *Glossary) find(string, direction) []piece { return nil }
