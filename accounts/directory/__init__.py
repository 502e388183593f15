"""The directory of a district (机构名录), as the bureau's own file says it."""
