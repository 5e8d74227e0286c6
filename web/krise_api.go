package web

import (
	"errors"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/amtsleitung/amtsleitung/crisis"
)

func (k *krise) status(c *fiber.Ctx) error {
	st, err := k.Switch.Status()
	if err != nil {
		return err
	}
	return c.JSON(st)
}

// put proposes an announcement (202), or switches it on if it says why that
// is immediate (200).
func (k *krise) put(c *fiber.Ctx) error {
	a, err := crisis.Parse(c.Body(), time.Local)
	if err != nil {
		return refused(c, err)
	}
	word, err := k.enter(c, a, a.Reason, "api")
	if err != nil {
		return refused(c, err)
	}
	if word == "proposed" {
		c.Status(fiber.StatusAccepted)
	}
	return k.status(c)
}

// approveByAPI switches the proposal with the id on.
func (k *krise) approveByAPI(c *fiber.Ctx) error {
	if err := k.Switch.Approve(k.by(c, "api"), strings.Clone(c.Params("id"))); err != nil {
		return refused(c, err)
	}
	return k.status(c)
}

func (k *krise) remove(c *fiber.Ctx) error {
	if err := k.Switch.Off(k.by(c, "api"), query(c, "reason")); err != nil {
		return refused(c, err)
	}
	return k.status(c)
}

// refused says what to mend.
func refused(c *fiber.Ctx, err error) error {
	code := 0
	switch {
	case errors.Is(err, crisis.ErrInvalid), errors.Is(err, crisis.ErrNoReason):
		code = fiber.StatusUnprocessableEntity
	case errors.Is(err, crisis.ErrSecondPerson):
		code = fiber.StatusForbidden
	case errors.Is(err, crisis.ErrStale), errors.Is(err, crisis.ErrNotOn):
		code = fiber.StatusConflict
	default:
		return err
	}
	return c.Status(code).JSON(fiber.Map{"error": err.Error()})
}
