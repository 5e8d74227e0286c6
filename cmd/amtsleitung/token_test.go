package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/amtsleitung/amtsleitung/config"
	"github.com/amtsleitung/amtsleitung/web/session"
)

// TestTokenOfAProgram makes one and signs in with what the command says.
func TestTokenOfAProgram(t *testing.T) {
	out, code, err := execute(t, "", "token", "--name", "Fachverfahren: \"Bau\"", "--role", "reviewer")
	require.NoError(t, err)
	require.Zero(t, code)
	token := regexp.MustCompile(`(?m)^token: (amts_\S+)$`).FindStringSubmatch(out)
	require.Len(t, token, 2, out)
	_, yaml, found := strings.Cut(out, "gets the hash:\n")
	require.True(t, found)
	require.NotContains(t, yaml, token[1])
	c, err := config.Read(strings.NewReader(yaml))
	require.NoError(t, err)
	keeper, _, err := (&service{config: c}).people()
	require.NoError(t, err)
	who, err := keeper.Machine(token[1], "test")
	require.NoError(t, err)
	require.Equal(t, session.Session{User: `Fachverfahren: "Bau"`, Title: `Fachverfahren: "Bau"`, Role: session.Reviewer, Machine: true}, who)
	_, err = keeper.Machine(token[1]+"x", "test")
	require.ErrorIs(t, err, session.ErrToken)

	again, _, err := execute(t, "", "token", "--name", "x")
	require.NoError(t, err)
	require.NotContains(t, again, token[1])
	for _, args := range [][]string{{"token"}, {"token", "--name", "x", "--role", "boss"}, {"token", "x"}} {
		_, code, err := execute(t, "", args...)
		require.Error(t, err, args)
		require.Equal(t, 2, code, args)
	}
}

// TestNobodySignsInWithoutAccounts has no passwords in the configuration.
func TestNobodySignsInWithoutAccounts(t *testing.T) {
	keeper, _, err := (&service{config: config.Default()}).people()
	require.NoError(t, err)
	require.Nil(t, keeper, "there is nothing to sign in to")
	c := config.Default()
	c.Admin.OIDC = &config.OIDC{}
	keeper, _, err = (&service{config: c}).people()
	require.NoError(t, err)
	require.NotNil(t, keeper, "the identity provider knows who may")
	_, err = keeper.SignIn("somebody", "", "test")
	require.ErrorIs(t, err, session.ErrWrong)
}
