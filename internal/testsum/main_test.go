package main

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSplitKeepsEachPackageOnce(t *testing.T) {
	packages := []string{"x/e2e", "x/e2e/openai", "x/e2e/web", "x/knowledge", "x/knowledge/editing", "x/sip"}
	raced, beside, alone := split(packages, regexp.MustCompile(`/(e2e(/|$)|knowledge$)`), regexp.MustCompile(`/(e2e/openai|knowledge|sip)$`))
	require.Equal(t, []string{"x/knowledge/editing", "x/sip"}, raced, "what is not plain has the race detector")
	require.Equal(t, []string{"x/e2e/openai", "x/knowledge"}, beside)
	require.Equal(t, []string{"x/e2e", "x/e2e/web"}, alone)
}
