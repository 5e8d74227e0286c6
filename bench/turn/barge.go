package main

import "context"

func runBarge(context.Context, options, *engines) error { return nil }
