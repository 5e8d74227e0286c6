package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/amtsleitung/amtsleitung/config"
	"github.com/amtsleitung/amtsleitung/web/session"
)

// newToken makes a token for a program; only its hash is for the configuration.
func newToken() *cobra.Command {
	var name, role string
	cmd := &cobra.Command{
		Use:   "token",
		Short: "Make a token for a program that uses the API, and the line for admin.tokens of the configuration",
		Args:  arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			roles := session.Roles()
			if !slices.Contains(roles, session.Role(role)) {
				return usagef("token: %q is not one of %s", role, strings.Trim(fmt.Sprint(roles), "[]"))
			}
			if name == "" {
				return usagef("token: --name is missing: how the program is called")
			}
			token, hash := session.NewToken()
			fmt.Fprintf(cmd.OutOrStdout(), `token: %s
hash:  %s

Give the token to the program, which sends it with each request:
  Authorization: Bearer %[1]s
It is shown this once. The configuration gets the hash:
admin:
  tokens:
    - {name: %[3]q, role: %[4]s, hash: %[2]s}
`, token, hash, name, role)
			return nil
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "how the program is called")
	cmd.Flags().StringVar(&role, "role", string(session.Agent), "what it may do: agent, editor, reviewer or admin")
	return cmd
}

// machines are the programs of the configuration.
func machines(tokens []config.AdminToken) []session.Machine {
	var out []session.Machine
	for _, t := range tokens {
		out = append(out, session.Machine{Name: t.Name, Role: session.Role(t.Role), Hash: t.Hash})
	}
	return out
}
