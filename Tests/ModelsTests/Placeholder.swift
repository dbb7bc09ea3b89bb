// Tests of the models.
